// What an app of Relay's would say: fragments beside the parts that show them, pages, refetches, a change, events.
import { graphql } from 'relay-runtime';

export const query = graphql`
  query peopleQuery($filter: ContactFilter, $first: Int, $last: Int) {
    ...people_list @arguments(filter: $filter, first: $first, last: $last)
  }
`;

export const list = graphql`
  fragment people_list on Query
  @refetchable(queryName: "peoplePageQuery")
  @argumentDefinitions(
    filter: { type: "ContactFilter" }
    first: { type: "Int" }
    after: { type: "String" }
    last: { type: "Int" }
    before: { type: "String" }
  ) {
    contacts(filter: $filter, orderBy: NAME, direction: ASC, first: $first, after: $after, last: $last, before: $before)
      @connection(key: "people_contacts", filters: ["filter"]) {
      totalCount
      edges {
        node {
          id
          ...people_person
        }
      }
    }
  }
`;

export const person = graphql`
  fragment people_person on Contact @refetchable(queryName: "peoplePersonQuery") {
    name
    company
    groups {
      id
    }
  }
`;

export const group = graphql`
  query peopleGroupQuery($id: ID!, $first: Int) {
    node(id: $id) {
      ...people_members @arguments(first: $first) @alias
    }
  }
`;

export const members = graphql`
  fragment people_members on Group
  @refetchable(queryName: "peopleMembersQuery")
  @argumentDefinitions(first: { type: "Int" }, after: { type: "String" }) {
    contacts(first: $first, after: $after) @connection(key: "people_members_contacts") {
      edges {
        node {
          id
        }
      }
    }
  }
`;

export const change = graphql`
  mutation peopleChangeMutation($id: ID!, $input: UpdateContactInput!) {
    updateContact(id: $id, input: $input) {
      ...people_person
    }
  }
`;

export const events = graphql`
  subscription peopleEventsSubscription($filter: EventFilter, $after: String) {
    events(filter: $filter, after: $after) {
      cursor
      type
      subject {
        id
        ...people_person @alias
      }
    }
  }
`;

export const newest = graphql`
  query peopleNewestQuery {
    events(last: 1) {
      pageInfo {
        endCursor
      }
    }
  }
`;
