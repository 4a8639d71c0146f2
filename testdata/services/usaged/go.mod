module usaged

go 1.24
