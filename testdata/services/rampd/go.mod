module rampd

go 1.24
