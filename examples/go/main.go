// A right client of the Users API, to copy from: golang.org/x/oauth2/clientcredentials.
//
// go run . list | go run . suspend EMAIL | go run . reactivate EMAIL
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"
)

const (
	pageSize = "20" // a page may hold up to 1000
	tries    = 5
)

var (
	stateAfter = map[string]string{"suspend": "SUSPENDED", "reactivate": "ACTIVE"}
	base       = env("ROLLCALL_URL", "https://api.1password.com") + "/v1beta1"
	users      = base + "/accounts/" + url.PathEscape(os.Getenv("ROLLCALL_ACCOUNT_ID")) + "/users"
	client     = &http.Client{Timeout: 10 * time.Second, Transport: named{}}
	withClient = context.WithValue(context.Background(), oauth2.HTTPClient, client)
	tokens     oauth2.TokenSource // keeps one token until its time is over
	// In the header: the secret never goes into an address.
	credentials = clientcredentials.Config{
		ClientID:     os.Getenv("ROLLCALL_CLIENT_ID"),
		ClientSecret: os.Getenv("ROLLCALL_CLIENT_SECRET"),
		TokenURL:     base + "/users/oauth2/token",
		Scopes:       []string{"openid"},
		AuthStyle:    oauth2.AuthStyleInHeader,
	}
)

type user struct {
	ID          string `json:"id"`
	Email       string `json:"email"`
	DisplayName string `json:"display_name"`
	State       string `json:"state"`
}

type page struct {
	Results       []user `json:"results"`
	NextPageToken string `json:"next_page_token"`
}

// An answer that is no success.
type answered struct {
	status     int
	retryAfter string
	words      string
}

func (a *answered) Error() string { return fmt.Sprintf("%d: %s", a.status, a.words) }

// An act was sent, and nobody said what became of it.
type unclear struct{ error }

type named struct{}

func (named) RoundTrip(request *http.Request) (*http.Response, error) {
	request = request.Clone(request.Context())
	request.Header.Set("User-Agent", "ExampleCompany/1.0")
	return http.DefaultTransport.RoundTrip(request)
}

// Sends; waits and sends again where that is right. An act is only repeated after a 429.
func patiently(isAct bool, send func() error) error {
	for attempt := 0; attempt < tries; attempt++ {
		err := send()
		if err == nil {
			return nil
		}
		var no *answered
		wait := time.Second << attempt
		if errors.As(err, &no) {
			if no.status != 429 && no.status < 500 {
				return err
			}
			if seconds, err := strconv.Atoi(no.retryAfter); err == nil && seconds >= 0 {
				wait = time.Duration(seconds) * time.Second
			}
		}
		time.Sleep(wait)
		if isAct && (no == nil || no.status != 429) {
			return unclear{err}
		}
	}
	return fmt.Errorf("not answered well in %d tries", tries)
}

func token() (access string, err error) {
	err = patiently(false, func() error {
		taken, err := tokens.Token()
		var no *oauth2.RetrieveError
		if errors.As(err, &no) {
			return &answered{no.Response.StatusCode, no.Response.Header.Get("Retry-After"), string(no.Body)}
		} else if err == nil {
			access = taken.AccessToken
		}
		return err
	})
	return access, err
}

func call(method, address string, isAct bool, into any) error {
	send := func() error {
		access, err := token()
		if err != nil {
			return err
		}
		return patiently(isAct, func() error { return once(method, address, access, into) })
	}
	err := send()
	var no *answered
	if errors.As(err, &no) && no.status == 401 {
		tokens = credentials.TokenSource(withClient) // the old one has ended: once, and no oftener
		return send()
	}
	return err
}

func once(method, address, access string, into any) error {
	request, err := http.NewRequest(method, address, nil)
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+access)
	answer, err := client.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return err
	}
	if answer.StatusCode/100 != 2 {
		return &answered{answer.StatusCode, answer.Header.Get("Retry-After"), string(body)}
	}
	return json.Unmarshal(body, into)
}

func people() (found []user, err error) {
	query := url.Values{"max_page_size": {pageSize}}
	for {
		var one page
		if err := call("GET", users+"?"+query.Encode(), false, &one); err != nil {
			return nil, err
		}
		found = append(found, one.Results...) // may be empty with more to come
		if one.NextPageToken == "" {
			return found, nil
		}
		query.Set("page_token", one.NextPageToken)
	}
}

func act(verb, email string) (user, error) {
	all, err := people()
	if err != nil {
		return user{}, err
	}
	for _, one := range all {
		if one.Email == email {
			return actOn(verb, users+"/"+url.PathEscape(one.ID))
		}
	}
	return user{}, fmt.Errorf("nobody has the address %s", email)
}

func actOn(verb, address string) (now user, err error) {
	for attempt := 0; attempt < tries; attempt++ {
		err = call("POST", address+":"+verb, true, &now)
		if !errors.As(err, &unclear{}) {
			return now, err
		}
		// Look before it is sent again: it may be done.
		if err = call("GET", address, false, &now); err != nil || now.State == stateAfter[verb] {
			return now, err
		}
	}
	return now, fmt.Errorf("nobody said what became of %s in %d tries", verb, tries)
}

func env(name, otherwise string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return otherwise
}

func main() {
	words := os.Args[1:]
	if len(words) == 0 {
		words = []string{os.Getenv("ROLLCALL_EXAM_TASK"), os.Getenv("ROLLCALL_EXAM_USER_EMAIL")}
	}
	tokens = credentials.TokenSource(withClient)
	var shown []user
	var err error
	switch {
	case words[0] == "list":
		shown, err = people()
	case len(words) == 2 && stateAfter[words[0]] != "" && words[1] != "":
		var one user
		one, err = act(words[0], words[1])
		shown = []user{one}
	default:
		err = errors.New("say list, suspend EMAIL or reactivate EMAIL")
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "refused:", err)
		os.Exit(1)
	}
	for _, one := range shown {
		fmt.Println(one.State + "\t" + one.Email + "\t" + one.DisplayName)
	}
}
