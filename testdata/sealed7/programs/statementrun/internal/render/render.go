// Package render makes the PDF of a tenant's yearly statement.
package render

import (
	"bytes"
	"fmt"

	"github.com/jung-kurt/gofpdf"
)

// Cost of a house, shared among tenants.
type Cost struct {
	Name  string
	Cents int
}

// Statement of a tenant.
type Statement struct {
	Tenant, Address string
	Year            int
	Costs           []Cost
}

// PDF renders s.
func PDF(s Statement) ([]byte, error) {
	p := gofpdf.New("P", "mm", "A4", "")
	p.SetCompression(false)
	p.AddPage()
	p.SetFont("Helvetica", "B", 15)
	p.Cell(0, 10, fmt.Sprintf("Statement %d for %s", s.Year, s.Tenant))
	p.Ln(12)
	p.SetFont("Helvetica", "", 10)
	p.MultiCell(0, 5, s.Address, "", "L", false)
	sum := 0
	for i, c := range s.Costs {
		p.CellFormat(100, 6, fmt.Sprintf("%d. %s", i+1, c.Name), "B", 0, "L", false, 0, "")
		p.CellFormat(40, 6, fmt.Sprintf("%d.%02d", c.Cents/100, c.Cents%100), "B", 1, "R", false, 0, "")
		sum += c.Cents
	}
	p.CellFormat(140, 8, fmt.Sprintf("Sum %d.%02d", sum/100, sum%100), "", 1, "R", false, 0, "")
	var b bytes.Buffer
	if err := p.Output(&b); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
