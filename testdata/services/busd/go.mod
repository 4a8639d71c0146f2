module busd

go 1.24
