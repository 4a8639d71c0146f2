module balanced

go 1.24
