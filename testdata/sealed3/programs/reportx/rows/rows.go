// Package rows reads the bookings of hotels.
package rows

import (
	"database/sql"
	"math/rand"
	"net/url"
	"strconv"
	"sync/atomic"

	_ "github.com/lib/pq"
)

type Book struct {
	db     *sql.DB
	dsn    *url.URL
	Audits atomic.Int64
}

func Open(dsn string) (*Book, error) {
	u, err := url.Parse(dsn)
	if err != nil {
		return nil, err
	}
	db, err := sql.Open("postgres", dsn)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(12)
	_, err = db.Exec(`create table if not exists nights (hotel int, room int, guest text, cents int);
		insert into nights select g % 80, g / 80, md5(g::text), g % 20000 from generate_series(1, 24000) g;
		create index on nights (hotel)`)
	return &Book{db: db, dsn: u}, err
}

// Each calls f with n nights of a hotel.
func (b *Book) Each(hotel, n int, f func([]string) error) error {
	rs, err := b.db.Query("select room, guest, cents from nights where hotel = $1 limit 300", hotel)
	if err != nil {
		return err
	}
	defer rs.Close()
	var base [][]string
	for rs.Next() {
		var room, cents int
		var guest string
		if err := rs.Scan(&room, &guest, &cents); err != nil {
			return err
		}
		base = append(base, []string{strconv.Itoa(room), guest, strconv.Itoa(cents)})
	}
	rs.Close()
	for i := 0; i < n; i++ {
		r := base[rand.Intn(len(base))]
		if err := f([]string{strconv.Itoa(i), r[0], r[1], r[2], strconv.FormatUint(rand.Uint64(), 36)}); err != nil {
			return err
		}
	}
	return rs.Err()
}

func (b *Book) Total(hotel int) (n int, err error) {
	err = b.db.QueryRow("select sum(cents) from nights where hotel = $1", hotel).Scan(&n)
	return
}

// Audit counts a hotel's nights with the hotel's own account, so that the database checks its rights.
func (b *Book) Audit(hotel int) (n int, err error) {
	u := *b.dsn
	u.RawQuery += "&application_name=audit-" + strconv.Itoa(hotel)
	db, err := sql.Open("postgres", u.String())
	if err != nil {
		return 0, err
	}
	db.SetMaxIdleConns(1)
	b.Audits.Add(1)
	err = db.QueryRow("select count(*) from nights where hotel = $1", hotel).Scan(&n)
	return n, err
}
