module mailerd

go 1.24
