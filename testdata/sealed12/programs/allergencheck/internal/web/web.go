// Package web is the canteens' way to the recipes.
package web

import (
	"errors"
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"canteen.example/allergencheck/internal/check"
	"canteen.example/allergencheck/internal/recipes"
)

type handlers struct {
	book  *recipes.Book
	check *check.Checker
}

func Routes(b *recipes.Book, c *check.Checker) http.Handler {
	gin.SetMode(gin.ReleaseMode)
	r := gin.New()
	r.Use(gin.Recovery())
	h := &handlers{b, c}
	k := r.Group("/kitchens/:kitchen")
	k.GET("/recipes", h.list)
	k.PUT("/recipes/:number", h.put)
	k.GET("/recipes/:number/allergens", h.allergens)
	return r
}

func numbers(c *gin.Context) (kitchen, number int, ok bool) {
	kitchen, err := strconv.Atoi(c.Param("kitchen"))
	if err != nil {
		c.AbortWithStatus(http.StatusBadRequest)
		return 0, 0, false
	}
	if number, err = strconv.Atoi(c.Param("number")); err != nil {
		c.AbortWithStatus(http.StatusBadRequest)
		return 0, 0, false
	}
	return kitchen, number, true
}

func (h *handlers) list(c *gin.Context) {
	kitchen, _ := strconv.Atoi(c.Param("kitchen"))
	names, err := h.book.Names(kitchen)
	if err != nil {
		c.AbortWithStatusJSON(http.StatusNotFound, gin.H{"error": err.Error()})
		return
	}
	c.JSON(http.StatusOK, names)
}

func (h *handlers) put(c *gin.Context) {
	kitchen, number, ok := numbers(c)
	if !ok {
		return
	}
	var r recipes.Recipe
	if err := c.ShouldBindJSON(&r); err != nil {
		c.AbortWithStatusJSON(http.StatusBadRequest, gin.H{"error": err.Error()})
		return
	}
	r.Number = number
	if err := h.book.Put(kitchen, &r); err != nil {
		c.AbortWithStatusJSON(http.StatusNotFound, gin.H{"error": err.Error()})
		return
	}
	c.Status(http.StatusNoContent)
}

func (h *handlers) allergens(c *gin.Context) {
	kitchen, number, ok := numbers(c)
	if !ok {
		return
	}
	rep, err := h.check.Dish(c.Request.Context(), kitchen, number)
	switch {
	case errors.Is(err, check.ErrNoRecipe):
		c.AbortWithStatus(http.StatusNotFound)
	case err != nil:
		c.AbortWithStatusJSON(http.StatusBadGateway, gin.H{"error": err.Error()})
	default:
		c.JSON(http.StatusOK, gin.H{"report": rep, "notes": rep.Notes()})
	}
}
