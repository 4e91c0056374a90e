// A connector on golang.org/x/oauth2 with the hosted address written into it: walks the list of
// people, suspends the last of them and lets them back in. Nothing in it knows of the double.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"net/url"
	"os"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"
)

const base = "https://api.1password.com/v1beta1"

type person struct{ ID, State string }

func main() {
	config := clientcredentials.Config{
		ClientID:     os.Getenv("ROLLCALL_CLIENT_ID"),
		ClientSecret: os.Getenv("ROLLCALL_CLIENT_SECRET"),
		TokenURL:     base + "/users/oauth2/token",
		AuthStyle:    oauth2.AuthStyleInHeader,
	}
	client := config.Client(context.Background())
	users := base + "/accounts/" + os.Getenv("ROLLCALL_ACCOUNT_ID") + "/users"
	seen := map[string]bool{}
	last, query := "", url.Values{"max_page_size": {"7"}}
	for {
		var page struct {
			Results       []person
			NextPageToken string `json:"next_page_token"`
		}
		answered(client, http.MethodGet, users+"?"+query.Encode(), &page)
		for _, one := range page.Results {
			if seen[one.ID] {
				log.Fatalf("%s came twice", one.ID)
			}
			seen[one.ID], last = true, one.ID
		}
		if page.NextPageToken == "" {
			break
		}
		query.Set("page_token", page.NextPageToken)
	}
	fmt.Printf("go: %d people\n", len(seen))
	for _, verb := range []string{"suspend", "reactivate"} {
		var one person
		answered(client, http.MethodPost, users+"/"+last+":"+verb, &one)
		fmt.Printf("go: %s, now %s\n", verb, one.State)
	}
}

func answered(client *http.Client, method, address string, into any) {
	request, err := http.NewRequest(method, address, nil)
	if err != nil {
		log.Fatal(err)
	}
	response, err := client.Do(request)
	if err != nil {
		log.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		log.Fatalf("%s: %s", method, response.Status)
	}
	if err := json.NewDecoder(response.Body).Decode(into); err != nil {
		log.Fatal(err)
	}
}
