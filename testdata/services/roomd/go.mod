module roomd

go 1.24
