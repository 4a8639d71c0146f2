// Package limits bounds how many streams run at once.
package limits

import "context"

type Gate chan struct{}

func (g Gate) Enter(ctx context.Context) error {
	select {
	case g <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (g Gate) Leave() { <-g }
