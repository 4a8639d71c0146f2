module parsed

go 1.24
