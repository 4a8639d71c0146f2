module thumbs.example.net

go 1.24
