module ruled

go 1.24
