module example.org/fxrates

go 1.24
