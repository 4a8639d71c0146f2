module condd

go 1.24
