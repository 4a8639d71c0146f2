module hubd

go 1.24
