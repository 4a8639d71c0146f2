module mirrord

go 1.24
