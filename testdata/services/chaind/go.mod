module chaind

go 1.24
