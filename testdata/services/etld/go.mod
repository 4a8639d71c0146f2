module etld

go 1.24
