module pulse

go 1.24
