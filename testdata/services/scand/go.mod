module scand

go 1.24
