module ratesd

go 1.24
