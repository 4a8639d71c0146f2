module tenantd

go 1.24
