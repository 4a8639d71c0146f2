// Package tariff knows what electricity costs at which time of the day.
package tariff

type Tariff struct{ centsPerMWh [24]int64 }

func Default() *Tariff {
	t := new(Tariff)
	for h := range t.centsPerMWh {
		switch {
		case h < 6:
			t.centsPerMWh[h] = 19000
		case h > 16 && h < 21:
			t.centsPerMWh[h] = 41000
		default:
			t.centsPerMWh[h] = 30500
		}
	}
	return t
}

// Cents is what so many watt-hours of a quarter of an hour cost, in millionths of a cent.
func (t *Tariff) Cents(quarter int, wh int64) int64 { return t.centsPerMWh[quarter/4%24] * wh }
