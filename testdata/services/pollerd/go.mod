module pollerd

go 1.24
