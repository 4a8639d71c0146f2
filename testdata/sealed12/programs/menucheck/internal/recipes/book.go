// Package recipes has the recipes of each kitchen. A recipe may have other recipes of its kitchen among its parts.
package recipes

import (
	"errors"
	"strings"
	"sync"
)

// MaxRecipes is how many numbers a kitchen has for its recipes.
const MaxRecipes = 220

var (
	ErrKitchen = errors.New("no such kitchen")
	ErrNumber  = errors.New("no such number")
)

type Recipe struct {
	Number int      `json:"number"`
	Name   string   `json:"name"`
	Main   string   `json:"main"`
	Also   []string `json:"also"`
	Method string   `json:"method"`
	Parts  []int    `json:"parts"`
}

type kitchen struct {
	mu      sync.RWMutex
	recipes map[int]*Recipe
}

type Book struct {
	kitchens []*kitchen
}

func NewBook(n int) *Book {
	b := &Book{}
	for i := 0; i < n; i++ {
		b.kitchens = append(b.kitchens, &kitchen{recipes: map[int]*Recipe{}})
	}
	return b
}

func (b *Book) kitchen(n int) (*kitchen, error) {
	if n < 0 || n >= len(b.kitchens) {
		return nil, ErrKitchen
	}
	return b.kitchens[n], nil
}

// Put writes a recipe, in place of the one with its number. What it is made of must have a lower number, so that no dish has itself in it.
func (b *Book) Put(n int, r *Recipe) error {
	k, err := b.kitchen(n)
	if err != nil {
		return err
	}
	if r.Number < 0 || r.Number >= MaxRecipes {
		return ErrNumber
	}
	parts := r.Parts[:0]
	for _, p := range r.Parts {
		if p >= 0 && p < r.Number {
			parts = append(parts, p)
		}
	}
	r.Parts = parts
	r.Name = strings.TrimSpace(r.Name)
	k.mu.Lock()
	defer k.mu.Unlock()
	k.recipes[r.Number] = r
	return nil
}

// Get is the recipe, or nil.
func (b *Book) Get(n, number int) *Recipe {
	k, err := b.kitchen(n)
	if err != nil {
		return nil
	}
	k.mu.RLock()
	defer k.mu.RUnlock()
	return k.recipes[number]
}

// Names is a list of what a kitchen cooks.
func (b *Book) Names(n int) ([]string, error) {
	k, err := b.kitchen(n)
	if err != nil {
		return nil, err
	}
	k.mu.RLock()
	defer k.mu.RUnlock()
	var names []string
	for i := 0; i < MaxRecipes; i++ {
		if r := k.recipes[i]; r != nil {
			names = append(names, r.Name)
		}
	}
	return names, nil
}

func (b *Book) Len() int {
	n := 0
	for _, k := range b.kitchens {
		k.mu.RLock()
		n += len(k.recipes)
		k.mu.RUnlock()
	}
	return n
}
