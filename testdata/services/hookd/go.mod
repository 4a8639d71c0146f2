module hookd

go 1.24
