//go:build race

package hooksig

const raceBuild = true
