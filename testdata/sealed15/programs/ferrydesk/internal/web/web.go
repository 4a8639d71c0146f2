// Package web is what travellers and the people at the ramp see.
package web

import (
	"net/http"
	_ "net/http/pprof"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
	"go.uber.org/zap"

	"strait.example/ferrydesk/internal/arrivals"
	"strait.example/ferrydesk/internal/bookings"
)

type Desk struct {
	Board  *arrivals.Board
	Ledger *bookings.Ledger
	Log    *zap.Logger
}

// Echo has the routes.
func (d *Desk) Echo() *echo.Echo {
	e := echo.New()
	e.HideBanner, e.HidePort = true, true
	e.GET("/eta/:ferry", d.eta)
	e.POST("/bookings", d.book)
	e.GET("/ramp/:ferry", d.ramp)
	e.GET("/debug/pprof/*", echo.WrapHandler(http.DefaultServeMux))
	return e
}

func (d *Desk) eta(c echo.Context) error {
	est, err := d.Board.Get(c.Request().Context(), c.Param("ferry"))
	if err != nil {
		d.Log.Warn("eta", zap.String("ferry", c.Param("ferry")), zap.Error(err))
		return echo.NewHTTPError(http.StatusBadGateway, "the harbour office does not answer")
	}
	return c.JSON(http.StatusOK, est)
}

func (d *Desk) book(c echo.Context) error {
	b := new(bookings.Booking)
	if err := c.Bind(b); err != nil {
		return err
	}
	b.At = time.Now()
	d.Ledger.Add(b)
	return c.JSON(http.StatusCreated, b)
}

func (d *Desk) ramp(c echo.Context) error {
	return c.String(http.StatusOK, strings.Join(d.Ledger.Of(c.Param("ferry")), "\f"))
}
