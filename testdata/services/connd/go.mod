module connd

go 1.24
