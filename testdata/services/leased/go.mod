module leased

go 1.24
