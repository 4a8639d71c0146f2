module mediaproxy

go 1.24
