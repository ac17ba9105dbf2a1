package cli

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/report/clean"
	"github.com/plimsoll-dev/plimsoll/internal/requirement/upgrade"
	"github.com/plimsoll-dev/plimsoll/knowledge"
)

// upgradeView is a report on its way to the reader.
type upgradeView struct {
	upgrade.Report
	levels map[string]int
	level  int // up to which new requirements are listed; 0 for all
	note   string
}

func (app *App) showUpgrade(v *upgradeView, format string) error {
	var text string
	switch format {
	case "json":
		return v.json(app)
	case "markdown":
		text = v.markdown()
	default:
		text = v.text()
	}
	for l := range linesOf(text) {
		if _, err := fmt.Fprintln(app.Stdout, clean.Line(l)); err != nil {
			return err
		}
	}
	return nil
}

// part is one list of the report.
type part struct {
	title, none string
	items       []upgrade.Item
}

func (v *upgradeView) parts() []part {
	return []part{
		{"carried over: asks for the same under a new id", "nothing carries over", v.Carried},
		{"verify again: asks for something else now", "nothing has to be verified again", v.Verify},
		{"archived: deleted, and nothing goes on with it", "nothing is archived", v.Archived},
	}
}

// summary is what the mapping itself says, whatever the repository names.
func (v *upgradeView) summary() string {
	u := v.Upgrade
	carried, gone := 0, 0
	for _, e := range u.Entries {
		if e.Relation.Carries() {
			carried++
		}
		if e.Relation.Gone() {
			gone++
		}
	}
	return fmt.Sprintf("%s %s → %s: of %d requirements %d ask for the same, %d are deleted, %d are changed; %d are new",
		u.Catalogue, u.From, u.To, len(u.Entries), carried, gone, len(u.Entries)-carried-gone, len(u.New))
}

func (v *upgradeView) text() string {
	var b strings.Builder
	fmt.Fprintln(&b, v.summary())
	for _, p := range v.parts() {
		if len(p.items) == 0 {
			fmt.Fprintf(&b, "\n%s\n", p.none)
			continue
		}
		fmt.Fprintf(&b, "\n%s (%d)\n", p.title, len(p.items))
		for _, item := range p.items {
			fmt.Fprintf(&b, "  %s %s\n", item.Old, became(item))
			for _, ref := range item.Places {
				fmt.Fprintf(&b, "      %s\n", upgradePlace(ref, item))
			}
		}
	}
	for _, ref := range v.Unknown {
		fmt.Fprintf(&b, "\n%s: there is no requirement %s in %s %s\n", where(ref), ref.Written, v.Upgrade.Catalogue, v.Upgrade.From)
	}
	fmt.Fprintf(&b, "\n%s\n", v.newOnes())
	for _, id := range v.listed() {
		fmt.Fprintf(&b, "  %s (level %d)\n", id, v.levels[id])
	}
	if v.note != "" {
		fmt.Fprintf(&b, "\n%s\n", v.note)
	}
	return b.String()
}

// became is "→ v5.0.0-6.2.1 (modified)".
func became(item upgrade.Item) string {
	word := string(item.Relation)
	if item.Because != "" {
		word += ": " + item.Because
	}
	if len(item.New) == 0 {
		return "(" + word + ")"
	}
	return "→ " + strings.Join(item.New, ", ") + " (" + word + ")"
}

func where(ref upgrade.Reference) string {
	if ref.Line > 0 {
		return fmt.Sprintf("%s:%d", ref.Path, ref.Line)
	}
	return ref.Path
}

// upgradePlace says what stands at a place, and what to do with it.
func upgradePlace(ref upgrade.Reference, item upgrade.Item) string {
	text := where(ref) + ": " + ref.Kind
	if ref.By != "" {
		text += fmt.Sprintf(" by %s until %s", ref.By, ref.Until)
	}
	return text + "; " + advice(ref, item)
}

func advice(ref upgrade.Reference, item upgrade.Item) string {
	to := strings.Join(item.New, ", ")
	signed := ref.Kind == upgrade.Attestation
	switch {
	case ref.Refused != "":
		return "does not count: " + ref.Refused
	case item.Relation == knowledge.Deleted && ref.Line == 0:
		return "keep it as a record"
	case item.Relation == knowledge.Deleted:
		return "remove it"
	case signed && item.Relation.Carries():
		return "counts for " + to + " once --write has named it"
	case signed:
		return "attest " + to
	case ref.Kind == upgrade.SignedExemption:
		return "ask again for " + to
	case item.Relation.Carries():
		return "write " + to
	}
	return "look at " + to + ", then write what still holds"
}

// listed are the new requirements without evidence that the product is held to.
func (v *upgradeView) listed() []string {
	var ids []string
	for _, id := range v.New {
		if v.level == 0 || v.levels[id] <= v.level {
			ids = append(ids, id)
		}
	}
	return ids
}

func (v *upgradeView) newOnes() string {
	counts := map[int]int{}
	for _, id := range v.New {
		counts[v.levels[id]]++
	}
	var each []string
	for _, level := range slices.Sorted(maps.Keys(counts)) {
		each = append(each, fmt.Sprintf("level %d: %d", level, counts[level]))
	}
	text := fmt.Sprintf("new, without evidence: %d", len(v.New))
	if len(each) > 0 {
		text += " (" + strings.Join(each, ", ") + ")"
	}
	if v.level > 0 {
		text += fmt.Sprintf("; up to level %d:", v.level)
	}
	return text
}

func (v *upgradeView) markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "# Upgrade of %s\n\n%s\n", v.Upgrade.Catalogue, clean.Markdown(v.summary()))
	for _, p := range v.parts() {
		if len(p.items) == 0 {
			fmt.Fprintf(&b, "\n%s.\n", strings.ToUpper(p.none[:1])+p.none[1:])
			continue
		}
		fmt.Fprintf(&b, "\n## %s (%d)\n\n| before | after | how | where | to do |\n|---|---|---|---|---|\n", strings.ToUpper(p.title[:1])+p.title[1:], len(p.items))
		for _, item := range p.items {
			for _, ref := range item.Places {
				how := strings.TrimSuffix(string(item.Relation)+": "+item.Because, ": ")
				fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", item.Old, strings.Join(item.New, ", "), how,
					clean.Markdown(where(ref)+" ("+ref.Kind+")"), clean.Markdown(advice(ref, item)))
			}
		}
	}
	for _, ref := range v.Unknown {
		fmt.Fprintf(&b, "\n- %s: there is no requirement %s\n", clean.Markdown(where(ref)), clean.Markdown(ref.Written))
	}
	fmt.Fprintf(&b, "\n## New, without evidence (%d)\n\n", len(v.listed()))
	for _, id := range v.listed() {
		fmt.Fprintf(&b, "- %s (level %d)\n", id, v.levels[id])
	}
	if v.note != "" {
		fmt.Fprintf(&b, "\n%s\n", clean.Markdown(v.note))
	}
	return b.String()
}

// json writes the report for programs.
func (v *upgradeView) json(app *App) error {
	type item struct {
		Old      string              `json:"old"`
		Relation knowledge.Relation  `json:"relation"`
		New      []string            `json:"new"`
		Because  string              `json:"because,omitempty"`
		Places   []upgrade.Reference `json:"places"`
	}
	list := func(items []upgrade.Item) []item {
		out := []item{}
		for _, i := range items {
			out = append(out, item{i.Old, i.Relation, append([]string{}, i.New...), i.Because, i.Places})
		}
		return out
	}
	u := v.Upgrade
	body := map[string]any{
		"catalogue": u.Catalogue, "from": u.From, "to": u.To, "carried": list(v.Carried), "verify": list(v.Verify), "archived": list(v.Archived),
		"unknown": append([]upgrade.Reference{}, v.Unknown...), "new": append([]string{}, v.listed()...),
	}
	data, err := json.MarshalIndent(body, "", "  ")
	if err != nil {
		return fmt.Errorf("writing the upgrade: %w", err)
	}
	_, err = fmt.Fprintf(app.Stdout, "%s\n", clean.JSON(data))
	return err
}
