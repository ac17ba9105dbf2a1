package translog

import "sync"

// lockFile orders those who write to one log.
const lockFile = ".plimsoll.lock"

// complaints keeps the last line of what a library logs.
type complaints struct {
	mu   sync.Mutex
	line string
}

func (c *complaints) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(p) > 0 && (p[0] == 'W' || p[0] == 'E') {
		c.line = string(p)
	}
	return len(p), nil
}

func (c *complaints) last() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.line
}
