module auditd

go 1.24
