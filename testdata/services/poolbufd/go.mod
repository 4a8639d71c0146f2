module poolbufd

go 1.24
