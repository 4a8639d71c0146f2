module gated

go 1.24
