module github.com/hooksig/hooksig/go

go 1.25.0
