module expired

go 1.24
