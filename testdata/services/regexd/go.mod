module regexd

go 1.24
