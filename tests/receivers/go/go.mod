module github.com/hooksig/hooksig/tests/receivers

go 1.26.0

require github.com/hooksig/hooksig/go v0.1.0

replace github.com/hooksig/hooksig/go => ../../../go
