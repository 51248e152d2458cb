// Package archtest holds the repository to its rules: which room may know which, what a room may
// touch, and that the workflows it tells people to paste are sound. It has tests only.
package archtest
