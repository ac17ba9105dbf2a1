package review

// mostSteps bounds the work of one comparison: two texts further apart than
// this count as wholly different.
const mostSteps = 1200

// match pairs what two sequences have in common, in order: same[i] is where a[i]
// stands in b, or -1. It is Myers' greedy algorithm, with the ends that are the
// same taken off first.
func match[T comparable](a, b []T) []int {
	same := make([]int, len(a))
	for i := range same {
		same[i] = -1
	}
	head := 0
	for head < len(a) && head < len(b) && a[head] == b[head] {
		same[head] = head
		head++
	}
	tail := 0
	for tail < len(a)-head && tail < len(b)-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		same[len(a)-1-tail] = len(b) - 1 - tail
		tail++
	}
	middle(a[head:len(a)-tail], b[head:len(b)-tail], head, same[head:])
	return same
}

// middle pairs what is left, whose numbers in b begin at offset.
func middle[T comparable](a, b []T, offset int, same []int) {
	if len(a) == 0 || len(b) == 0 {
		return
	}
	trace := forward(a, b)
	if trace == nil {
		return
	}
	x, y := len(a), len(b)
	for d := len(trace) - 1; d >= 0 && (x > 0 || y > 0); d-- {
		v, k := trace[d], x-y
		from := k - 1
		if k == -d || k != d && at(v, d, k-1) < at(v, d, k+1) {
			from = k + 1
		}
		startX := 0
		if d > 0 {
			startX = at(v, d, from)
		}
		startY := startX - from
		if d == 0 {
			startY = 0
		}
		for x > startX && y > startY && x > 0 && y > 0 && a[x-1] == b[y-1] {
			x--
			y--
			same[x] = y + offset
		}
		x, y = startX, startY
	}
}

// forward finds the shortest way from one to the other. trace[d] is how far each
// diagonal had come before step d, for the diagonals -d to d.
func forward[T comparable](a, b []T) (trace [][]int32) {
	limit := min(len(a)+len(b), mostSteps)
	v := make([]int32, 2*limit+3)
	zero := limit + 1
	for d := 0; d <= limit; d++ {
		trace = append(trace, append([]int32(nil), v[zero-d-1:zero+d+2]...))
		for k := -d; k <= d; k += 2 {
			x := v[zero+k-1] + 1
			if k == -d || k != d && v[zero+k-1] < v[zero+k+1] {
				x = v[zero+k+1]
			}
			y := x - int32(k)
			for int(x) < len(a) && int(y) < len(b) && a[x] == b[y] {
				x++
				y++
			}
			v[zero+k] = x
			if int(x) >= len(a) && int(y) >= len(b) {
				return trace
			}
		}
	}
	return nil
}

// at is the value of a diagonal in what forward kept for step d.
func at(v []int32, d, k int) int { return int(v[k+d+1]) }
