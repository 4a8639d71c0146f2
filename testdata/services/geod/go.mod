module geod

go 1.24
