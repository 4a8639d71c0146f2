// Package fakedb is a driver for database/sql without a database: it stands for the driver that a real
// program gets from elsewhere, and is built as a dependency, with a version in its file names.
package fakedb

import (
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
)

func init() { sql.Register("fakedb", fakeDriver{}) }

type fakeDriver struct{}

// A conn has buffers for the wire, as the connections of real drivers do.
type conn struct {
	read, write []byte
	open        bool
}

type statement struct{ conn *conn }

// rows is the answer to every query: a hundred accounts.
type rows struct {
	conn *conn
	next int64
}

var errNotThere = errors.New("fakedb: only queries")

func (fakeDriver) Open(string) (driver.Conn, error) {
	return &conn{read: make([]byte, 40<<10), write: make([]byte, 16<<10), open: true}, nil
}

func (c *conn) Prepare(string) (driver.Stmt, error) { return &statement{c}, nil }
func (c *conn) Begin() (driver.Tx, error)           { return transaction{}, nil }
func (c *conn) Close() error                        { c.open = false; return nil }

func (s *statement) Close() error                               { return nil }
func (s *statement) NumInput() int                              { return -1 }
func (s *statement) Exec([]driver.Value) (driver.Result, error) { return nil, errNotThere }
func (s *statement) Query([]driver.Value) (driver.Rows, error)  { return &rows{conn: s.conn}, nil }

func (r *rows) Columns() []string { return []string{"account", "cents"} }
func (r *rows) Close() error      { return nil }

func (r *rows) Next(row []driver.Value) error {
	if r.next == 100 {
		return io.EOF
	}
	row[0], row[1] = r.next, 100*r.next
	r.next++
	return nil
}

// A transaction of a database that does not mind.
type transaction struct{}

func (transaction) Commit() error   { return nil }
func (transaction) Rollback() error { return nil }
