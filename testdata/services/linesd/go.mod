module linesd

go 1.24
