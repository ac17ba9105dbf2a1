package product

// NamesResult tells whether the file says that path holds results of another
// tool. The globs are those of git's pathspecs: "**" crosses folders.
func (p *Product) NamesResult(path string) bool {
	if len(p.Results) == 0 {
		return false
	}
	g := newGlobs()
	for i, glob := range p.Results {
		g.add(glob, i)
	}
	named := false
	g.match(path, func(int) { named = true })
	return named
}
