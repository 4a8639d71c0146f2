module semad

go 1.24
