module keepd

go 1.24
