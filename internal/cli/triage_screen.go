package cli

import "context"

func (app *App) triageScreen(ctx context.Context, f triageFlags) error {
	return app.triagePiped(ctx, f)
}
