module watchd

go 1.24
