module retryd

go 1.24
