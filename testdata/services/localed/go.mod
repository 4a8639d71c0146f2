module localed

go 1.24
